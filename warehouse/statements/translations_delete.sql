delete from copies where relation = 'translation'
