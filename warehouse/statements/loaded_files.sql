select warc_file from capture_files
