# `cpack -G DEB` in a build folder makes libbayeux-dev: headers, archives, the CMake package, pkg-config files.
# Configured with -DCMAKE_INSTALL_PREFIX=/usr, the libraries go where Debian has those of this machine's kind.
set(BAYEUX_PACKAGE_CONTACT "The bayeux authors <bayeux@users.noreply.example>" CACHE STRING
  "Who made this package: name and address")
mark_as_advanced(BAYEUX_PACKAGE_CONTACT)

# Who links our archives needs what they use; nobody needs what is compiled in.
set(depends "libstdc++-12-dev | libstdc++-dev")
if(TARGET bayeux_asio AND NOT TARGET bayeux_llhttp)
  list(APPEND depends libllhttp-dev)
endif()
if(BAYEUX_HAS_WEBSOCKET)
  list(APPEND depends libwslay-dev)
endif()
if(BAYEUX_HAS_WEBSOCKET OR BAYEUX_HAS_TLS)
  list(APPEND depends "libssl-dev (>= 3.0)")
endif()
if(BAYEUX_HAS_COMPRESSION)
  list(APPEND depends zlib1g-dev)
endif()
if(BAYEUX_HAS_RE2)
  list(APPEND depends libre2-dev)
endif()
list(JOIN depends ", " depends)

set(CPACK_GENERATOR DEB)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_PACKAGE_CONTACT "${BAYEUX_PACKAGE_CONTACT}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "publish/subscribe message bus over Bayeux (CometD), to embed")
set(CPACK_PACKAGE_DESCRIPTION "\
A message bus for C++20 programs, for browsers and for other programs, over
the Bayeux protocol. It lives inside the program that uses it, behind the
HTTP stack of that program or behind the small server that comes along.

This package has the headers and libraries to build with it.")
set(CPACK_DEBIAN_PACKAGE_NAME libbayeux-dev)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "${depends}")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ${BUILD_SHARED_LIBS})
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/packaging/debian/documents.cmake)
set(CPACK_BAYEUX_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
include(CPack)
