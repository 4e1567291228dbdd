#pragma once

// Compiled once for all tests; a test includes what it needs all the same.
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <bayeux/bayeux.hpp>

#include "support/catch.hpp"
