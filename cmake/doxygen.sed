# What Doxygen reads instead of what stands in our files, where it would misunderstand it.

# `404::message_deleted` is an error of the protocol, and no link to a function.
s/\([0-9]\{3\}\)::/\1::%/g

# A specialisation of a template of std, which it does not know.
/^template <>$/,/^struct std::is_error_code_enum/d

# It takes a full stop in code for the end of the first sentence.
s,`-_!~()$@/\*\.`,`-_!~()$@/*` and dots,
