#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <bayeux/extension.hpp>
#include <bayeux/extensions/z85.hpp>
#include <bayeux/json.hpp>

namespace bayeux {

/// Bytes that a message carries, in the form that the binary extensions of clients read and write.
///
///     bus.channel("/pictures").on_message([](const bayeux::Client&, const bayeux::Message& message) {
///       if (const auto picture = bayeux::BinaryData::from(message)) save(picture->meta["name"].as_string(),
///       picture->bytes);
///     });
///     const bayeux::BinaryData picture{bytes, true, {{"name", "a.png"}}};
///     bus.channel("/pictures").publish(picture.data(), {.ext = bayeux::BinaryData::ext()});
struct BinaryData {
  std::vector<std::byte> bytes;

  /// Whether this is the last part of what is sent in several messages.
  bool last = true;

  /// What the sender says about it, an object; null when nothing.
  Json meta = {};

  /// Reads what a message carries.
  ///
  /// Errors: empty when it does not say that it carries bytes, or carries something else.
  static std::optional<BinaryData> from(const Message& message);

  /// What to publish or deliver as `data`, together with `ext`.
  Json data() const;

  /// What tells receivers that `data` holds bytes.
  static Json ext();
};

/// Refuses published messages that claim to carry bytes and do not (protocol: "binary"), so that no subscriber has to
/// decode them: `ext.binary` must be an object, `data.data` Z85, `data.last`, where there is one, a boolean and
/// `data.meta` an object. Their publisher is answered `400::binary_invalid`. What is right passes as it is.
///
///     const auto binary = bus.add_extension(std::make_shared<bayeux::Binary>());
///
/// Threads: any, at once.
class Binary final : public Extension {
 public:
  Flow incoming(const Client& from, Message& message, Message& reply) override;
};

}  // namespace bayeux
