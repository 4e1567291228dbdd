# Standalone Asio has no CMake package of its own. Defines Asio::asio.
find_package(Threads REQUIRED)
find_path(Asio_INCLUDE_DIR asio.hpp)

if(Asio_INCLUDE_DIR)
  file(STRINGS "${Asio_INCLUDE_DIR}/asio/version.hpp" line REGEX "#define ASIO_VERSION [0-9]+")
  string(REGEX MATCH "[0-9]+" number "${line}")
  if(number)
    math(EXPR major "${number} / 100000")
    math(EXPR minor "${number} / 100 % 1000")
    math(EXPR patch "${number} % 100")
    set(Asio_VERSION "${major}.${minor}.${patch}")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Asio REQUIRED_VARS Asio_INCLUDE_DIR VERSION_VAR Asio_VERSION)
mark_as_advanced(Asio_INCLUDE_DIR)

if(Asio_FOUND AND NOT TARGET Asio::asio)
  add_library(Asio::asio INTERFACE IMPORTED)
  set_target_properties(Asio::asio PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${Asio_INCLUDE_DIR}"
    INTERFACE_COMPILE_DEFINITIONS "ASIO_STANDALONE;ASIO_NO_DEPRECATED"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    # Asio asks the standard library for this before any standard header was read, so that the answer, and with it how
    # memory is allocated, would depend on the order of the includes of each source.
    set_property(TARGET Asio::asio APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS ASIO_HAS_STD_ALIGNED_ALLOC=1)
  endif()
endif()
