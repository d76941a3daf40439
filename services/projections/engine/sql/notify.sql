-- Tell waiting readers how far a projection is.
SELECT pg_notify('projections', %s)
