#pragma once

// Debian 12 ships Catch2 v2, most others v3, whose headers have other names.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif
