qiao
qiao help --lang en
