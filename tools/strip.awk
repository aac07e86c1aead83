# C source without comments, as file:line:code. Strings and characters become "" and ' ' unless
# keep=1. The text between quotes can then never be taken for code.
FNR == 1 { comment = 0 }
{
    out = ""
    line = $0
    while (line != "") {
        if (comment) {
            at = index(line, "*/")
            if (!at) break
            line = substr(line, at + 2)
            comment = 0
        } else if (match(line, /"|'|\/\*|\/\//)) {
            out = out substr(line, 1, RSTART - 1)
            mark = substr(line, RSTART, RLENGTH)
            line = substr(line, RSTART + RLENGTH)
            if (mark == "//") break
            if (mark == "/*") { comment = 1; out = out " "; continue }
            text = ""
            while (line != "" && substr(line, 1, 1) != mark) {
                n = substr(line, 1, 1) == "\\" ? 2 : 1
                text = text substr(line, 1, n)
                line = substr(line, n + 1)
            }
            line = substr(line, 2)
            out = out mark (keep ? text : "") mark
        } else {
            out = out line
            break
        }
    }
    print FILENAME ":" FNR ":" out
}
