# llhttp, as a library where there is one, llhttp::llhttp; else from the C sources that Debian's node-llhttp ships, as the
# objects bayeux_llhttp.
find_path(llhttp_INCLUDE_DIR llhttp.h PATH_SUFFIXES llhttp HINTS /usr/share/include)
find_library(llhttp_LIBRARY llhttp)
find_path(llhttp_SOURCE_DIR llhttp.c PATH_SUFFIXES llhttp HINTS /usr/share)

set(llhttp_BODY "${llhttp_LIBRARY}")
if(NOT llhttp_BODY)
  set(llhttp_BODY "${llhttp_SOURCE_DIR}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(llhttp REQUIRED_VARS llhttp_BODY llhttp_INCLUDE_DIR)
mark_as_advanced(llhttp_INCLUDE_DIR llhttp_LIBRARY llhttp_SOURCE_DIR)

if(llhttp_FOUND AND NOT TARGET llhttp::llhttp AND NOT TARGET bayeux_llhttp)
  if(llhttp_LIBRARY)
    add_library(llhttp::llhttp UNKNOWN IMPORTED)
    set_target_properties(llhttp::llhttp PROPERTIES
      IMPORTED_LOCATION "${llhttp_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${llhttp_INCLUDE_DIR}")
  else()
    add_library(bayeux_llhttp OBJECT
      "${llhttp_SOURCE_DIR}/api.c" "${llhttp_SOURCE_DIR}/http.c" "${llhttp_SOURCE_DIR}/llhttp.c")
    target_include_directories(bayeux_llhttp SYSTEM PUBLIC "${llhttp_INCLUDE_DIR}")
    set_target_properties(bayeux_llhttp PROPERTIES POSITION_INDEPENDENT_CODE ON UNITY_BUILD OFF)
  endif()
endif()
