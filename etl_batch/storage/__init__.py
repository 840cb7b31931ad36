"""Where bytes lie: roots, locks, part files, the journal, publication, object stores."""
