"""The Network page: a small network on the digits, at several η at once."""
