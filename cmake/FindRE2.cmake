# RE2, from its own CMake package where there is one; older versions, such as Debian 12's, ship only pkg-config. Defines
# re2::re2.
find_package(re2 CONFIG QUIET)
if(TARGET re2::re2)
  set(RE2_BODY re2::re2)
else()
  find_path(RE2_INCLUDE_DIR re2/re2.h)
  find_library(RE2_LIBRARY re2)
  if(RE2_INCLUDE_DIR AND RE2_LIBRARY)
    set(RE2_BODY "${RE2_LIBRARY}")
  endif()
  mark_as_advanced(RE2_INCLUDE_DIR RE2_LIBRARY)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(RE2 REQUIRED_VARS RE2_BODY)

if(RE2_FOUND AND NOT TARGET re2::re2)
  find_package(Threads REQUIRED)
  add_library(re2::re2 UNKNOWN IMPORTED)
  set_target_properties(re2::re2 PROPERTIES
    IMPORTED_LOCATION "${RE2_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${RE2_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
