// bench_engine [--row NAME] [--quick]: what the bus costs without any network, as one JSON object a row.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/json.hpp>

#include "engine_row.hpp"

namespace bayeux::bench {

std::string Row::text() const {
  Json::Object others;
  for (const auto& [key, value] : beside) others.emplace_back(key, std::round(value * 1e4) / 1e4);
  Json json{{"name", name},
            {"what", what},
            {"figure", std::round(figure * 1e4) / 1e4},
            {"unit", unit},
            {"reach", reach},
            {"better", at_least ? "more" : "less"},
            {"beside", Json(std::move(others))}};
  if (!wrong.empty()) json["wrong"] = wrong;
  return json.text();
}

namespace {

struct Measurement {
  std::string_view name;
  std::vector<Row> (*run)(const Scale&);
};

constexpr std::array measurements{
    Measurement{"idle", measure_idle},         Measurement{"publish", measure_publish},
    Measurement{"channels", measure_channels}, Measurement{"handshakes", measure_handshakes},
    Measurement{"lazy", measure_lazy},         Measurement{"threads", measure_threads},
};

/// False when something went wrong.
bool print(const std::vector<Row>& rows) {
  bool fine = true;
  for (const Row& row : rows) {
    std::printf("%s\n", row.text().c_str());
    fine = fine && row.wrong.empty();
  }
  std::fflush(stdout);
  return fine;
}

/// In a process of its own: what one has freed is not what another seems to save.
bool run_apart(const Measurement& measurement, const Scale& scale) {
  const pid_t child = ::fork();
  if (child < 0) return false;
  if (child == 0) ::_exit(print(measurement.run(scale)) ? 0 : 1);
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int usage(const char* program) {
  std::fprintf(stderr, "usage: %s [--row NAME] [--quick]\nrows:", program);
  for (const auto& measurement : measurements) std::fprintf(stderr, " %s", measurement.name.data());
  std::fprintf(stderr, "\n");
  return 2;
}

}  // namespace
}  // namespace bayeux::bench

int main(int count, char* values[]) {
  using namespace bayeux::bench;
  Scale scale;
  std::string_view wanted;
  for (int i = 1; i < count; ++i) {
    const std::string_view value = values[i];
    if (value == "--quick") {
      scale.quick = true;
    } else if (value == "--row" && i + 1 < count) {
      wanted = values[++i];
    } else {
      return usage(values[0]);
    }
  }
  bool fine = true;
  bool found = false;
  for (const auto& measurement : measurements) {
    if (!wanted.empty() && wanted != measurement.name) continue;
    found = true;
    fine = run_apart(measurement, scale) && fine;
  }
  if (!found) return usage(values[0]);
  return fine ? 0 : 1;
}
