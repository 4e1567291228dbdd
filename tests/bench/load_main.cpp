#include <cstdio>
#include <map>
#include <string>

#include "load_options.hpp"
#include "net.hpp"
#include "report.hpp"
#include "shapes.hpp"

int main(int count, char* values[]) {
  using namespace bayeux::bench;
  const LoadOptions options = parse_load_options(count, values);
  raise_descriptor_limit();
  const std::map<std::string, void (*)(const LoadOptions&, Report&)> shapes{
      {"steady", run_steady}, {"wake", run_wake}, {"rooms", run_rooms}, {"memory", run_memory}};
  const auto shape = shapes.find(options.shape);
  if (shape == shapes.end()) fail("there is no shape '" + options.shape + "'");
  Report report;
  report.add("shape", options.shape);
  report.add("transport", options.target.websocket ? std::string("websocket") : "long-polling");
  report.add("clients", static_cast<double>(options.clients));
  shape->second(options, report);
  report.print();
}
