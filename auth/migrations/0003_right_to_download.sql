-- A super_admin may take from an analyst the right to take results away; they are seen all the same.

ALTER TABLE user ADD COLUMN may_download INTEGER NOT NULL DEFAULT 1;
