# The HTTP stacks that are here, for the examples and tests of their adapters: a target bayeux_host_<stack> for each. The
# adapters themselves are headers, and whoever includes one has its stack.
find_package(Boost 1.74 QUIET)
if(TARGET Boost::headers)
  add_library(bayeux_host_beast INTERFACE)
  target_link_libraries(bayeux_host_beast INTERFACE Boost::headers)
  # The coroutines of Asio have a `new` and a `delete` of their own; g++ inlines one of them and warns of the other.
  target_compile_options(bayeux_host_beast INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
  if(BAYEUX_SANITIZE MATCHES thread)
    # ThreadSanitizer knows no fences: as for the embedded server.
    target_compile_definitions(bayeux_host_beast INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()

find_path(BAYEUX_RESTINIO_INCLUDE_DIR restinio/all.hpp)
find_library(BAYEUX_HTTP_PARSER_LIBRARY http_parser)
find_package(Asio QUIET MODULE)
if(BAYEUX_RESTINIO_INCLUDE_DIR AND BAYEUX_HTTP_PARSER_LIBRARY AND TARGET Asio::asio)
  add_library(bayeux_host_restinio INTERFACE)
  target_include_directories(bayeux_host_restinio SYSTEM INTERFACE ${BAYEUX_RESTINIO_INCLUDE_DIR})
  # Not Asio::asio: RESTinio uses what Asio calls deprecated.
  target_compile_definitions(bayeux_host_restinio INTERFACE ASIO_STANDALONE
    $<$<PLATFORM_ID:Linux>:ASIO_HAS_STD_ALIGNED_ALLOC=1>)
  if(BAYEUX_SANITIZE MATCHES thread)
    # ThreadSanitizer knows no fences: as for the embedded server.
    target_compile_definitions(bayeux_host_restinio INTERFACE ASIO_DISABLE_FENCED_BLOCK)
  endif()
  target_include_directories(bayeux_host_restinio SYSTEM INTERFACE ${Asio_INCLUDE_DIR})
  target_link_libraries(bayeux_host_restinio INTERFACE fmt::fmt Threads::Threads ${BAYEUX_HTTP_PARSER_LIBRARY})
endif()

# Debian's cpp-httplib is a header and a library; elsewhere it may be the header alone.
find_path(BAYEUX_HTTPLIB_INCLUDE_DIR httplib.h)
find_library(BAYEUX_HTTPLIB_LIBRARY cpp-httplib)
find_package(PkgConfig QUIET)
if(BAYEUX_HTTPLIB_LIBRARY AND PkgConfig_FOUND)
  pkg_check_modules(BAYEUX_HTTPLIB QUIET cpp-httplib)
endif()
# What the library was built with decides how its classes look: without knowing that, better none than a wrong one.
if(BAYEUX_HTTPLIB_INCLUDE_DIR AND (BAYEUX_HTTPLIB_FOUND OR NOT BAYEUX_HTTPLIB_LIBRARY))
  add_library(bayeux_host_httplib INTERFACE)
  target_include_directories(bayeux_host_httplib SYSTEM INTERFACE ${BAYEUX_HTTPLIB_INCLUDE_DIR})
  target_compile_options(bayeux_host_httplib INTERFACE ${BAYEUX_HTTPLIB_CFLAGS_OTHER})
  target_link_libraries(bayeux_host_httplib INTERFACE Threads::Threads)
  if(BAYEUX_HTTPLIB_LIBRARY)
    target_link_libraries(bayeux_host_httplib INTERFACE ${BAYEUX_HTTPLIB_LIBRARY})
  endif()
endif()

find_path(BAYEUX_MICROHTTPD_INCLUDE_DIR microhttpd.h)
find_library(BAYEUX_MICROHTTPD_LIBRARY microhttpd)
if(BAYEUX_MICROHTTPD_INCLUDE_DIR AND BAYEUX_MICROHTTPD_LIBRARY)
  add_library(bayeux_host_microhttpd INTERFACE)
  target_include_directories(bayeux_host_microhttpd SYSTEM INTERFACE ${BAYEUX_MICROHTTPD_INCLUDE_DIR})
  target_link_libraries(bayeux_host_microhttpd INTERFACE ${BAYEUX_MICROHTTPD_LIBRARY})
endif()

# Epoll by hand needs nothing.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  add_library(bayeux_host_own_loop INTERFACE)
endif()
