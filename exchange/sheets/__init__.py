"""Tables that an agency keeps in Excel: read, matched to the register's columns, and turned into a register package."""
