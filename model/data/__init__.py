"""From the field's data files to scenarios and records: readers, the mapping, the ladder of practice."""
