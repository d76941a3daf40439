"""Address books: the people of partners, and ours, from vCard files."""
