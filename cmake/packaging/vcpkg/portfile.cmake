# An overlay port, for the tree in which it lies: vcpkg install bayeux --overlay-ports=cmake/packaging/vcpkg
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

vcpkg_check_features(OUT_FEATURE_OPTIONS FEATURE_OPTIONS
  FEATURES
    asio-server BAYEUX_ASIO
    compression BAYEUX_COMPRESSION
    re2 BAYEUX_RE2
    tls BAYEUX_TLS
    websocket BAYEUX_WEBSOCKET)

# What a feature needs and does not find is an error here: vcpkg has just installed it.
set(required)
foreach(pair asio-server=Asio asio-server=llhttp compression=ZLIB re2=RE2 tls=OpenSSL websocket=OpenSSL websocket=wslay)
  string(REGEX MATCH "(.*)=(.*)" pair "${pair}")
  if(CMAKE_MATCH_1 IN_LIST FEATURES)
    list(APPEND required -DCMAKE_REQUIRE_FIND_PACKAGE_${CMAKE_MATCH_2}=ON)
  endif()
endforeach()
list(REMOVE_DUPLICATES required)

vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    ${FEATURE_OPTIONS}
    ${required}
    -DBAYEUX_EXAMPLES=OFF
    -DBAYEUX_TESTS=OFF
    -DBAYEUX_INSTALL=ON)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(PACKAGE_NAME bayeux CONFIG_PATH lib/cmake/bayeux)
vcpkg_fixup_pkgconfig()

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
