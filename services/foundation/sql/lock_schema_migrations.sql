-- One runner at a time, until the end of its transaction; readers go on.
LOCK TABLE schema_migrations IN EXCLUSIVE MODE;
