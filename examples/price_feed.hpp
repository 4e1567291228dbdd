#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <bayeux/bayeux.hpp>

/// Stands for the feeds of several exchanges: each has a thread of its own, and publishes every trade on `/prices/SHARE`
/// as it comes in. The bus is called from these threads as from any other.
///
/// Threads: any, at once.
class PriceFeed final {
 public:
  explicit PriceFeed(bayeux::Bus& bus) : bus_(bus) {
    // Who reads slowly gets the price of now, and not all that were.
    bus.channel("/prices/*").configure({.latest_by = ""});
    const std::vector<std::vector<std::string>> exchanges{{"ACME", "BOLT"}, {"CORK", "DUNE"}};
    for (const auto& shares : exchanges) {
      threads_.emplace_back([this, shares](const std::stop_token& stop) { follow(shares, stop); });
    }
  }

  /// The price of each share, for those who ask.
  bayeux::Json latest() const {
    const std::lock_guard lock(mutex_);
    auto all = bayeux::Json::object();
    for (const auto& [share, price] : latest_) all[share] = price;
    return all;
  }

 private:
  static constexpr auto pause = std::chrono::milliseconds(400);

  void follow(const std::vector<std::string>& shares, const std::stop_token& stop) {
    std::mt19937 chance{std::random_device()()};
    std::mutex mutex;
    std::condition_variable_any never;
    for (std::unique_lock lock(mutex); !stop.stop_requested(); never.wait_for(lock, stop, pause, [] { return false; })) {
      const auto& share = shares[chance() % shares.size()];
      trade(share, static_cast<double>(9'000 + chance() % 2'000) / 100);
    }
  }

  void trade(const std::string& share, double price) {
    {
      const std::lock_guard lock(mutex_);
      latest_[share] = price;
    }
    bus_.channel("/prices/" + share).publish({{"price", price}});
  }

  bayeux::Bus& bus_;
  mutable std::mutex mutex_;
  std::map<std::string, double> latest_;
  std::vector<std::jthread> threads_;  ///< Last, so that they end first.
};
