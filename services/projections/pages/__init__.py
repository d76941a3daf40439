"""The pages: what people see and fill in, in English and Japanese."""
