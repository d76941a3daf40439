-- Lists of partners look for rows that do not tell what is asked (recorded after the cut,
-- judged by another policy), for names written since, and for the latest contacts: each
-- was a look at every partner.

CREATE INDEX relationships_position
ON relationships (ledger_id, generation, position);

CREATE INDEX relationships_policy
ON relationships (ledger_id, generation, policy);

CREATE INDEX relationships_last_contact
ON relationships (ledger_id, generation, last_contact DESC NULLS LAST, partner);
