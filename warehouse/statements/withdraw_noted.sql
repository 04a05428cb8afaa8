select $columns from withdrawing where kind = ?
