# What was found decides what is built: BAYEUX_HAS_<X> for each X, and where that is off, BAYEUX_WITHOUT_<X> says why. Macros,
# because what a package defines must be seen in all our folders, and nowhere above them.

# bayeux_need(<package> <Debian's name for it> [<version>]): without it there is no library.
macro(bayeux_need package debian)
  find_package(${package} ${ARGN} QUIET)
  if(NOT ${package}_FOUND)
    string(JOIN " " bayeux_wanted ${package} ${ARGN})
    message(FATAL_ERROR "bayeux needs ${bayeux_wanted}, which was not found (Debian: ${debian})")
  endif()
endmacro()

# bayeux_want(<X> <package> <Debian's name for it> [<version>] [MODULE]): X is built where this is found. MODULE takes our own
# find module, also where a package manager prefers its own files: they may call the target otherwise.
macro(bayeux_want feature package debian)
  if(BAYEUX_${feature})
    find_package(${package} ${ARGN} QUIET)
    if(NOT ${package}_FOUND)
      string(JOIN " " bayeux_wanted ${package} ${ARGN})
      string(REPLACE " MODULE" "" bayeux_wanted "${bayeux_wanted}")
      list(APPEND BAYEUX_WITHOUT_${feature} "${bayeux_wanted} was not found (Debian: ${debian})")
    endif()
  endif()
endmacro()

bayeux_need(Threads libc6-dev)
bayeux_need(RapidJSON rapidjson-dev)
bayeux_need(fmt libfmt-dev 9)

foreach(feature ASIO WEBSOCKET TLS COMPRESSION RE2)
  set(BAYEUX_WITHOUT_${feature} "")
endforeach()
bayeux_want(ASIO Asio libasio-dev 1.22 MODULE)
bayeux_want(ASIO llhttp node-llhttp MODULE)
bayeux_want(WEBSOCKET wslay libwslay-dev MODULE)
bayeux_want(WEBSOCKET OpenSSL libssl-dev 3.0)
bayeux_want(TLS OpenSSL libssl-dev 3.0)
bayeux_want(COMPRESSION ZLIB zlib1g-dev)
bayeux_want(RE2 RE2 libre2-dev MODULE)

foreach(feature ASIO WEBSOCKET TLS COMPRESSION RE2)
  set(BAYEUX_HAS_${feature} OFF)
  if(NOT BAYEUX_${feature})
    set(BAYEUX_WITHOUT_${feature} "BAYEUX_${feature} is off")
  elseif(NOT BAYEUX_WITHOUT_${feature})
    set(BAYEUX_HAS_${feature} ON)
  endif()
endforeach()
if(NOT BAYEUX_HAS_ASIO)
  foreach(feature WEBSOCKET TLS COMPRESSION)
    set(BAYEUX_HAS_${feature} OFF)
  endforeach()
endif()
