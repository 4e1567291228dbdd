# `cmake --install` lays down headers, libraries, the CMake package `bayeux` and pkg-config files. fmt is compiled in
# header-only, RapidJSON is headers anyway, and Debian's llhttp is part of our archive: a consumer needs none of them.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(targets bayeux)
set(BAYEUX_LLHTTP_NAME "")
set(BAYEUX_LLHTTP_PC "")
set(BAYEUX_ASIO_PACKAGES "")
set(BAYEUX_ASIO_LIBRARIES "")
set(BAYEUX_ASIO_REQUIRES "")
set(BAYEUX_ASIO_LIBS "")
if(TARGET bayeux_asio)
  list(APPEND targets bayeux_asio)
  if(llhttp_LIBRARY)
    set(BAYEUX_LLHTTP_NAME llhttp)
    set(BAYEUX_LLHTTP_PC -lllhttp)
  endif()
  # What a static libbayeux_asio does not contain: CMake packages and their targets, pkg-config packages, and libraries
  # that have none.
  if(BAYEUX_HAS_WEBSOCKET)
    list(APPEND BAYEUX_ASIO_PACKAGES wslay OpenSSL)
    list(APPEND BAYEUX_ASIO_LIBRARIES wslay::wslay OpenSSL::Crypto)
    list(APPEND BAYEUX_ASIO_REQUIRES libcrypto)
    list(APPEND BAYEUX_ASIO_LIBS -lwslay)
  endif()
  if(BAYEUX_HAS_TLS)
    list(APPEND BAYEUX_ASIO_PACKAGES OpenSSL)
    list(APPEND BAYEUX_ASIO_LIBRARIES OpenSSL::SSL)
    list(APPEND BAYEUX_ASIO_REQUIRES libssl)
  endif()
  if(BAYEUX_HAS_COMPRESSION)
    list(APPEND BAYEUX_ASIO_PACKAGES ZLIB)
    list(APPEND BAYEUX_ASIO_LIBRARIES ZLIB::ZLIB)
    list(APPEND BAYEUX_ASIO_REQUIRES zlib)
  endif()
  list(REMOVE_DUPLICATES BAYEUX_ASIO_PACKAGES)
  list(JOIN BAYEUX_ASIO_REQUIRES ", " BAYEUX_ASIO_REQUIRES)
  list(JOIN BAYEUX_ASIO_LIBS " " BAYEUX_ASIO_LIBS)
endif()

if(TARGET bayeux_re2)
  list(APPEND targets bayeux_re2)
endif()

install(TARGETS ${targets} EXPORT bayeux
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/ transports/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/bayeux)
install(EXPORT bayeux NAMESPACE bayeux:: FILE bayeux-targets.cmake DESTINATION ${package_dir})
configure_package_config_file(cmake/bayeux-config.cmake.in ${PROJECT_BINARY_DIR}/bayeux-config.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/bayeux-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/bayeux-config.cmake ${PROJECT_BINARY_DIR}/bayeux-config-version.cmake
  DESTINATION ${package_dir})
if(TARGET bayeux_re2)
  install(FILES cmake/FindRE2.cmake DESTINATION ${package_dir})
endif()
if(BAYEUX_HAS_WEBSOCKET)
  install(FILES cmake/Findwslay.cmake DESTINATION ${package_dir})
endif()

# Relative to the file itself, so that `cmake --install --prefix` works and the tree can be moved.
file(RELATIVE_PATH BAYEUX_PC_PREFIX /x/${CMAKE_INSTALL_LIBDIR}/pkgconfig /x)
configure_file(cmake/bayeux.pc.in ${PROJECT_BINARY_DIR}/bayeux.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/bayeux.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(TARGET bayeux_asio)
  configure_file(cmake/bayeux-asio.pc.in ${PROJECT_BINARY_DIR}/bayeux-asio.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/bayeux-asio.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
if(TARGET bayeux_re2)
  configure_file(cmake/bayeux-re2.pc.in ${PROJECT_BINARY_DIR}/bayeux-re2.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/bayeux-re2.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
