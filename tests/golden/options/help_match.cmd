qiao help match
qiao match --help --lang en
