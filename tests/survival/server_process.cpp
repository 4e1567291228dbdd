#include "server_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace bayeux::test {
namespace {

/// Two ends, which no other program inherits.
std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::system_category(), "pipe2");
  return ends;
}

}  // namespace

ServerProcess::ServerProcess(const std::vector<std::string>& limits) {
  const auto input = make_pipe();
  const auto output = make_pipe();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  std::string program = SURVIVAL_SERVER;
  std::vector<std::string> words(limits);
  std::vector<char*> arguments{program.data()};
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int error = ::posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(input[0]);
  ::close(output[1]);
  input_ = ::fdopen(input[1], "w");
  output_ = ::fdopen(output[0], "r");
  if (error != 0) throw std::system_error(error, std::system_category(), program);
  port_ = static_cast<std::uint16_t>(std::stoul("0" + line()));
  tls_port_ = static_cast<std::uint16_t>(std::stoul("0" + line()));
  if (port_ == 0) throw std::runtime_error("the server did not come up");
}

ServerProcess::~ServerProcess() {
  std::fclose(input_);
  std::fclose(output_);
  if (process_ > 0) ::waitpid(process_, nullptr, 0);
}

ServerProcess::Numbers ServerProcess::numbers() {
  tell("numbers");
  Numbers all;
  for (std::string said = line(); said != "end"; said = line()) {
    const auto space = said.find(' ');
    if (space == std::string::npos) throw std::runtime_error("the server has gone");
    all[said.substr(0, space)] = std::stoull(said.substr(space + 1));
  }
  return all;
}

void ServerProcess::begin_offer(const std::string& channel, std::size_t bytes, std::size_t count) {
  tell("offer " + channel + " " + std::to_string(bytes) + " " + std::to_string(count));
}

bool ServerProcess::answered(int milliseconds) {
  pollfd wait{::fileno(output_), POLLIN, 0};
  if (::poll(&wait, 1, milliseconds) != 1) return false;
  if (line() != "end") throw std::runtime_error("the server has gone");
  return true;
}

std::uint64_t ServerProcess::resident() const {
  std::ifstream statm("/proc/" + std::to_string(process_) + "/statm");
  std::uint64_t size = 0;
  std::uint64_t pages = 0;
  statm >> size >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void ServerProcess::tell(const std::string& line) {
  std::fputs((line + "\n").c_str(), input_);
  std::fflush(input_);
}

/// The next line; empty when the server has gone.
std::string ServerProcess::line() {
  std::string said;
  for (int byte = std::fgetc(output_); byte != EOF && byte != '\n'; byte = std::fgetc(output_)) {
    said += static_cast<char>(byte);
  }
  return said;
}

}  // namespace bayeux::test
