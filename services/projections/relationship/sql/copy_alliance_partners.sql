-- Which partners an alliance is with.
COPY alliance_partners (ledger_id, generation, partner, alliance) FROM STDIN
