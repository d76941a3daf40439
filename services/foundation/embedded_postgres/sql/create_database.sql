-- The ledger's database, owned by the role that runs migrations.
CREATE DATABASE ledger;
