# What problems say to people: awk -f problems.awk FILE.c... prints "title", "detail" or "format", a tab, the literal as
# it stands in the source, a tab, path:line, once for each literal that comes to be the title or the detail of a problem,
# or the format of one, with {} for its conversions. The two places are problem_title and problem_detail
# (src/gateway/problem_zh.h); from there the literals are followed back through what C has here: both arms of ?:,
# variables of the function, its parameters (so that its callers are the next to be looked at), what a called function
# returns or leaves behind a pointer, members of structs, what is printed into an array or a buffer, and the variables
# whose texts are put into a format. Members are known by their name alone, whatever the struct. What SAY(..) has in both
# languages already is not found.
BEGIN {
	writes("problem_title", 2, "title")
	writes("problem_detail", 2, "detail")
	# where the format stands; the first argument is where the text goes
	split("snprintf 3 vsnprintf 3 buf_printf 2 buf_vprintf 2 buf_z 2", word, " ")
	for (i = 1; i in word; i += 2)
		format[word[i]] = word[i + 1]
	split("if for while switch return sizeof SAY", word, " ")
	for (i in word)
		no_call[word[i]] = 1
}

function writes(name, i, what) {
	writer[name]
	writer[name, i] = what
}

function put(kind, text) {
	# a literal goes on over several strings
	if (kind == "s" && n > 0 && K[n] == "s") {
		T[n] = substr(T[n], 1, length(T[n]) - 1) substr(text, 2)
		return
	}
	T[++n] = text
	K[n] = kind
	W[n] = FILENAME ":" FNR
}

function scan(s,    m) {
	while (s != "") {
		if (in_comment) {
			m = index(s, "*/")
			if (!m)
				return
			in_comment = 0
			s = substr(s, m + 2)
		} else if (match(s, /^[ \t\r]+/)) {
			s = substr(s, RLENGTH + 1)
		} else if (s ~ /^\/\*/) {
			in_comment = 1
			s = substr(s, 3)
		} else if (s ~ /^\/\//) {
			return
		} else if (match(s, /^"([^"\\]|\\.)*"/)) {
			put("s", substr(s, 1, RLENGTH))
			s = substr(s, RLENGTH + 1)
		} else if (match(s, /^'([^'\\]|\\.)+'/) || match(s, /^[0-9][0-9A-Za-z.]*/)) {
			put("c", "0")
			s = substr(s, RLENGTH + 1)
		} else if (match(s, /^PRI[diuxX](8|16|32|64)/)) {
			put("s", "\"" substr(s, 4, 1) "\"") # "%" PRIu64 is "%u"
			s = substr(s, RLENGTH + 1)
		} else if (match(s, /^[A-Za-z_][A-Za-z_0-9]*/)) {
			put("i", substr(s, 1, RLENGTH))
			s = substr(s, RLENGTH + 1)
		} else {
			if (!match(s, /^(->|==|!=|<=|>=|[-+|&^*\/]=)/))
				RLENGTH = 1
			put("p", substr(s, 1, RLENGTH))
			s = substr(s, RLENGTH + 1)
		}
	}
}

FNR == 1 {
	in_comment = in_directive = 0
}
in_directive || /^[ \t]*#/ {
	in_directive = /\\$/
	next
}
{ scan($0) }

# The bracket that closes the one at i, and the other way round.
function pair_up(    i, top, stack) {
	for (i = 1; i <= n; i++) {
		if (K[i] != "p")
			continue
		if (T[i] ~ /^[([{]$/) {
			stack[++top] = i
		} else if (T[i] ~ /^[])}]$/ && top > 0) {
			P[i] = stack[top]
			P[stack[top--]] = i
		}
	}
}

function file_of(i) {
	return substr(W[i], 1, index(W[i], ":") - 1)
}

# Functions: NAME ( .. ) { .. } outside of all others. Params by number; calls by where they stand.
function find_functions(    i, q, f) {
	for (i = 1; i <= n; i++) {
		if (T[i] == "{" && K[i] == "p") { # a struct, an initialiser
			i = P[i]
			continue
		}
		if (K[i] != "i" || T[i + 1] != "(" || K[i + 1] != "p")
			continue
		q = P[i + 1]
		if (T[q + 1] != "{" || K[q + 1] != "p") {
			i = q
			continue
		}
		f = ++functions
		N[f] = T[i]
		begin[f] = q + 1
		end[f] = P[q + 1]
		here[file_of(i), T[i]] = f
		if (!is_static(i))
			anywhere[T[i]] = f
		find_params(f, i + 2, q - 1)
		find_calls(f)
		i = end[f]
	}
}

function is_static(i) {
	for (i--; i > 0 && !(K[i] == "p" && T[i] ~ /^[;}]$/); i--)
		if (T[i] == "static")
			return 1
	return 0
}

function find_params(f, from, to,    i, k, name) {
	k = 1
	for (i = from; i <= to; i++) {
		if (T[i] == "(" || T[i] == "[") {
			i = P[i]
		} else if (T[i] == ",") {
			param[f, name] = k++
			name = ""
		} else if (K[i] == "i") {
			name = T[i]
		}
	}
	param[f, name] = k
}

# What is of interest in the body: calls, and the places where something gets a value.
function find_calls(f,    i) {
	for (i = begin[f]; i < end[f]; i++) {
		if (K[i] == "i" && T[i + 1] == "(" && K[i + 1] == "p" && !(T[i] in no_call)) {
			call[++calls] = i
			caller[calls] = f
		} else if ((K[i] == "p" && T[i] == "=") || (K[i] == "i" && T[i] == "return")) {
			value[++values] = i
			giver[values] = f
		}
	}
}

function function_of(i) {
	return ((file_of(i), T[i]) in here) ? here[file_of(i), T[i]] : anywhere[T[i]] + 0
}

# The arguments of the call at i: at[1..] to till[1..]; gives their number.
function arguments(i,    k, j, q) {
	q = P[i + 1]
	k = 1
	at[1] = i + 2
	for (j = i + 2; j < q; j++) {
		if (K[j] == "p" && T[j] ~ /^[([{]$/) {
			j = P[j]
		} else if (K[j] == "p" && T[j] == ",") {
			till[k++] = j - 1
			at[k] = j + 1
		}
	}
	till[k] = q - 1
	return k
}

function once(a, b, c, what) {
	if ((a, b, c, what) in seen)
		return 0
	written = seen[a, b, c, what] = 1
	return 1
}

# The literals that the tokens from..to of function f may come to.
function follow(from, to, f, what,    i, depth, colon) {
	while (T[from] == "(" && K[from] == "p" && P[from] == to) {
		from++
		to--
	}
	for (i = from; i <= to; i++) {
		if (K[i] != "p")
			continue
		if (T[i] ~ /^[([{]$/) {
			i = P[i]
		} else if (T[i] == "?") {
			depth = 1
			for (colon = i + 1; colon <= to && depth > 0; colon++) {
				if (K[colon] != "p")
					continue
				if (T[colon] ~ /^[([{]$/)
					colon = P[colon]
				else if (T[colon] == "?")
					depth++
				else if (T[colon] == ":")
					depth--
			}
			follow(i + 1, colon - 2, f, what)
			follow(colon, to, f, what)
			return
		}
	}
	if (T[from] == "{" && K[from] == "p" && P[from] == to) {
		list_of(from + 1, to - 1, f, what)
	} else if (from == to && K[from] == "s") {
		if (once("say", from, "", what))
			print what "\t" said(substr(T[from], 2, length(T[from]) - 2), what) "\t" W[from]
	} else if (T[from] == "&" && K[from] == "p") {
		follow(from + 1, to, f, what)
	} else if (K[from] == "i" && T[from + 1] == "(" && K[from + 1] == "p" && P[from + 1] == to) {
		if (T[from] ~ /^(TEXT|text_z|text_trim|buf_view)$/)
			follow(from + 2, to - 1, f, what)
		else if (function_of(from))
			once("returns", function_of(from), "", what)
	} else if (K[from] == "i" && (from == to || (T[from + 1] == "[" && P[from + 1] == to))) {
		if ((f, T[from]) in param)
			once("writes", f, param[f, T[from]], what)
		else
			once("variable", f, T[from], what)
	} else if (T[to] == "p" && (T[to - 1] == "->" || T[to - 1] == ".")) {
		follow(from, to - 2, f, what) # of a buffer
	} else if (K[to] == "i" && (T[to - 1] == "->" || T[to - 1] == ".") && T[to] !~ /^(p|n|err)$/) {
		once("member", T[to], "", what)
	}
}

function said(text, what) {
	if (what == "format") {
		gsub(/%%/, "\001", text)
		gsub(/%[-+ #]*(\*|[0-9]*)(\.(\*|[0-9]+))?(hh|h|ll|l|z|j|t)?[diouxXcsfg]/, "{}", text)
		gsub("\001", "%", text)
		sub(/\\n$/, "", text) # what a job says has no end of line
	}
	return text
}

# An array's initialiser: [A] = .., [B] = ..
function list_of(from, to, f, what,    i, e) {
	for (i = from; i <= to; i = e + 2) {
		if (T[i] == "[" && T[P[i] + 1] == "=")
			i = P[i] + 2
		e = expression_end(i)
		follow(i, e, f, what)
	}
}

function look_at_calls(    c, f, g, i, k, m) {
	for (c = 1; c <= calls; c++) {
		i = call[c]
		f = caller[c]
		g = function_of(i)
		if (!g && !(T[i] in writer) && !(T[i] in format))
			continue
		m = arguments(i)
		if (T[i] in format) {
			look_at_format(f, format[T[i]], m, "title")
			look_at_format(f, format[T[i]], m, "detail")
			continue
		}
		for (k = 1; k <= m; k++) {
			if ((T[i], k) in writer)
				follow(at[k], till[k], f, writer[T[i], k])
			if (g) {
				look_at_argument(at[k], till[k], f, g, k, "title")
				look_at_argument(at[k], till[k], f, g, k, "detail")
				look_at_argument(at[k], till[k], f, g, k, "format")
			}
		}
	}
}

# f gives what stands at from..to to g as its argument k: g may write it as it is, or leave something behind it.
function look_at_argument(from, to, f, g, k, what) {
	if (("writes", g, k, what) in seen)
		follow(from, to, f, what)
	if ((to == from + 1 && T[from] == "&" && ("variable", f, T[to], what) in seen) ||
	    (to > from + 1 && T[from] == "&" && K[to] == "i" && ("member", T[to], "", what) in seen) ||
	    (to == from && (f, T[from]) in param && ("leaves", f, param[f, T[from]], what) in seen))
		once("leaves", g, k, what)
}

# Something is printed into the first argument, which may come to be the title or the detail.
function look_at_format(f, k, m, what,    from, i, wanted) {
	from = at[1] + (T[at[1]] == "&")
	if (from != till[1])
		wanted = T[till[1] - 1] ~ /^(->|\.)$/ && ("member", T[till[1]], "", what) in seen
	else if ((f, T[from]) in param)
		wanted = ("leaves", f, param[f, T[from]], what) in seen
	else
		wanted = ("variable", f, T[from], what) in seen
	if (!wanted)
		return
	follow(at[k], till[k], f, "format")
	for (i = k + 1; i <= m; i++)
		if (at[i] == till[i])
			follow(at[i], till[i], f, what)
}

function look_at_values(    v) {
	for (v = 1; v <= values; v++) {
		look_at_value(value[v], giver[v], "title")
		look_at_value(value[v], giver[v], "detail")
		look_at_value(value[v], giver[v], "format")
	}
}

# return .., x = .., x[] = .., *x = .., p->x = ..
function look_at_value(i, f, what,    left, before, wanted) {
	left = T[i - 1] == "]" ? P[i - 1] - 1 : i - 1
	before = T[left - 1]
	left = T[left]
	if (T[i] == "return")
		wanted = ("returns", f, "", what) in seen
	else if (before == "->" || (before == "." && K[i - 3] == "i"))
		wanted = ("member", left, "", what) in seen
	else if (before == "*" && (f, left) in param)
		wanted = ("leaves", f, param[f, left], what) in seen
	else
		wanted = ("variable", f, left, what) in seen
	if (wanted)
		follow(i + 1, expression_end(i + 1), f, what)
}

function expression_end(i) {
	for (; i <= n; i++) {
		if (K[i] != "p")
			continue
		if (T[i] ~ /^[([{]$/)
			i = P[i]
		else if (T[i] ~ /^[;,\])}]$/)
			return i - 1
	}
	return n
}

END {
	pair_up()
	find_functions()
	do {
		written = 0
		look_at_calls()
		look_at_values()
	} while (written)
}
