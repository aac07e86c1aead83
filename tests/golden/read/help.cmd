qiao read --help; qiao read --help --lang en
