# What the embedded server can do only where a library for it is found: BAYEUX_HAS_WEBSOCKET, BAYEUX_HAS_COMPRESSION.
# The imported targets are global, so that a project above ours can link what we need.
set(BAYEUX_HAS_WEBSOCKET OFF)
set(BAYEUX_HAS_COMPRESSION OFF)

if(BAYEUX_ASIO AND BAYEUX_WEBSOCKET)
  find_package(wslay QUIET GLOBAL MODULE)
  find_package(OpenSSL QUIET GLOBAL)
  if(TARGET wslay::wslay AND TARGET OpenSSL::Crypto)
    set(BAYEUX_HAS_WEBSOCKET ON)
  else()
    message(STATUS "wslay or OpenSSL was not found: the embedded server has no WebSocket")
  endif()
endif()

if(BAYEUX_ASIO AND BAYEUX_COMPRESSION)
  find_package(ZLIB QUIET GLOBAL)
  if(TARGET ZLIB::ZLIB)
    set(BAYEUX_HAS_COMPRESSION ON)
  else()
    message(STATUS "zlib was not found: the embedded server compresses nothing")
  endif()
endif()
