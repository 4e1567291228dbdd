#pragma once

#include <cstdint>
#include <string_view>

#include <bayeux/transports/http.hpp>

namespace bayeux::http {

/// Whose page a request comes from, as its browser says.
struct Page {
  enum class Whose : std::uint8_t {
    nobodys,  ///< None's, as with programs, or the host's own without its name.
    named,    ///< That of `origin`.
    foreign,  ///< That of another origin, whose name is not said.
    unclear,  ///< Several origins are named: nobody can tell.
  };

  Whose whose = Whose::nobodys;
  std::string_view origin = {};  ///< As it stands in the request.
};

/// Reads what a browser says of itself and a page cannot change: `Origin`; where that is missing `Sec-Fetch-Site` (Fetch
/// Metadata Request Headers, 2.3), and where that is missing `Referer`. Programs send none of the three.
Page page_of(const HttpRequest& request) noexcept;

/// Whether the request has an `Origin`, however often. Browsers send none with a script that is fetched from elsewhere.
bool names_origin(const HttpRequest& request) noexcept;

/// True for what a form, or a script that asks nobody first, can send as the type of a body (Fetch standard,
/// "CORS-safelisted request-header"): that of a form, plain text, or none.
bool is_simple_type(std::string_view content_type) noexcept;

}  // namespace bayeux::http
