-- How many addresses were withdrawn from this file.
select count(*) from withdrawn
