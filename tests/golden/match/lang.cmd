LC_ALL=en_US.UTF-8 qiao match nowhere.csv nowhere.csv
LC_ALL= LC_MESSAGES=en_GB qiao match nowhere.csv nowhere.csv
LC_ALL= LANG=zh_CN.UTF-8 qiao match nowhere.csv nowhere.csv
LC_ALL=en_US.UTF-8 qiao match nowhere.csv nowhere.csv --lang zh
