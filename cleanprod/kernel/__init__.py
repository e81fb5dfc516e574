"""Pure words and small machines that know no Django."""
