-- Reads every value of a table, so that each block of it is checked against its checksum.
select count(*) as rows_read, bit_xor(hash(each_row)) as of_all from $table as each_row
