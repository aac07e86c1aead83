qiao help index
qiao help search --lang en
