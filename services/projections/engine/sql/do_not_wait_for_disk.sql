-- Rows and checkpoint are one commit and can be made again from the log: should the
-- server crash before they are on disk, this step is simply taken again.
SET LOCAL synchronous_commit = off
