# The rules of the house for C sources, one file after the other: awk -f lint.awk FILE...
# Prints path:line: what is wrong. Sizes above the limits are printed as "SIZE kind where lines" for lint.sh's ratchet.
# Comments, strings and character constants are blanked first, so that words in them never count.
BEGIN {
	FUNCTION_MAX = 70
	FILE_MAX = 600
	split("strcpy strcat sprintf vsprintf gets strtok atoi atol atoll atof rand srand random alloca system popen " \
	      "setlocale tmpnam", everywhere, " ")
	split("malloc calloc realloc reallocarray free aligned_alloc posix_memalign strdup strndup asprintf vasprintf " \
	      "getline getdelim", allocators, " ")
	split("time gmtime localtime mktime gettimeofday ctime asctime strftime", clocks, " ")
	split("printf fprintf puts fputs putchar fopen fread fwrite fclose fdopen perror FILE stdout stderr stdin open " \
	      "read write close getenv exit", output, " ")
	for (i in everywhere) banned_everywhere[everywhere[i]] = 1
	for (i in allocators) banned_allocator[allocators[i]] = 1
	for (i in clocks) banned_clock[clocks[i]] = 1
	for (i in output) banned_output[output[i]] = 1
	arrows["base"] = " base "
	arrows["event"] = " base event "
	arrows["policy"] = " base event policy "
	arrows["engine"] = " base event policy engine "
	arrows["journal"] = " base event journal "
	arrows["show"] = " base event policy engine desk show "
	arrows["shard"] = " base event policy engine show journal shard "
	arrows["desk"] = " base event desk "
	arrows["match"] = " base event match "
	arrows["outreach"] = " base event desk outreach "
	arrows["store"] = " base event desk store "
	arrows["gateway"] = " base event policy engine show journal shard desk store match outreach gateway "
	arrows["peer"] = " base event desk gateway peer "
	arrows["score"] = " base event score "
	arrows["sim"] = " base event sim "
	arrows["day"] = " base event policy engine show journal shard desk store gateway sim score day "
	arrows["app"] = " base event policy engine show journal shard desk store match outreach gateway peer sim score day app "
	arrows["tool"] = " base event tool "
}

function wrong(what) {
	print path ":" line ": " what
}

# The line without comments, strings and character constants. in_comment carries over to the next line.
function bare(s,    out, c, two, quote) {
	out = ""
	while (s != "") {
		if (in_comment) {
			c = index(s, "*/")
			if (!c)
				return out
			in_comment = 0
			s = substr(s, c + 2)
			out = out " "
			continue
		}
		c = match(s, /["']|\/\*|\/\//)
		if (!c)
			return out s
		out = out substr(s, 1, c - 1)
		two = substr(s, c, 2)
		if (two == "//")
			return out
		if (two == "/*") {
			in_comment = 1
			s = substr(s, c + 2)
			continue
		}
		quote = substr(s, c, 1)
		s = substr(s, c + 1)
		while (s != "" && substr(s, 1, 1) != quote)
			s = substr(s, substr(s, 1, 1) == "\\" ? 3 : 2)
		s = substr(s, 2)
		out = out quote quote
	}
	return out
}

function end_file() {
	if (path == "")
		return
	if (line > FILE_MAX)
		print "SIZE file " path " " line
}

function begin_file(    part) {
	end_file()
	path = FILENAME
	line = 0
	in_comment = 0
	body_at = 0
	signature_at = 0
	split(path, part, "/")
	top = part[1]
	folder = top == "src" ? part[2] : ""
	name = path
	sub(/.*\//, "", name)
	core = folder == "event" || folder == "policy" || folder == "engine" || folder == "desk"
	if (folder == "event" && name ~ /^source[a-z0-9_]*\.[ch]$/)
		core = 0
}

function check_include(raw,    file, from) {
	file = raw
	sub(/^[ \t]*#[ \t]*include[ \t]*["<]/, "", file)
	sub(/[">].*/, "", file)
	if (folder != "" && raw ~ /"/) {
		from = file
		sub(/\/.*/, "", from)
		if (file ~ /\.\.\//)
			wrong("include \"" file "\": name the folder from src/, without ..")
		else if (file ~ /\// && index(arrows[folder], " " from " ") == 0)
			wrong("src/" folder " must not include \"" file "\": the arrows are base <- event <- policy <- engine <- app, desk and sim on event")
	}
	if (core && raw ~ /</ && file ~ /^(time|unistd|fcntl|signal|poll|dirent|netdb|termios|dlfcn|spawn)\.h$|^(sys|netinet|arpa|linux)\//)
		wrong("src/" folder " must not include <" file ">: the core makes no system call (event/source*.c may)")
	if (core && file == "base/file.h")
		wrong("src/" folder " must not include \"base/file.h\": the core reads and writes no file (event/source*.c may)")
}

function check_word(word, called, before) {
	if (before == "." || before == ">")
		return
	if (called && (word in banned_everywhere))
		wrong(word "() is banned")
	if (called && (word in banned_allocator) && top == "src" && path != "src/base/mem.c")
		wrong(word "() is banned outside src/base/mem.c: use mem_* or an arena")
	if (called && (word in banned_clock) && top == "src")
		wrong(word "() is banned: time comes with the event, calendars are base/clock.h")
	if (called && word == "clock_gettime" && folder != "app" && folder != "gateway" && folder != "peer" && top == "src")
		wrong("clock_gettime() is banned outside src/app: time comes with the event")
	if (core && (word in banned_output) && (called || word ~ /^(FILE|stdout|stderr|stdin)$/))
		wrong(word " is banned in src/" folder ": the core makes no input or output (event/source*.c may)")
}

function check_words(s,    rest, word, before) {
	rest = s
	before = ""
	while (match(rest, /[A-Za-z_][A-Za-z_0-9]*/)) {
		if (RSTART > 1)
			before = substr(rest, RSTART - 1, 1)
		word = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART + RLENGTH)
		if ((word in banned_everywhere) || (word in banned_allocator) || (word in banned_clock) ||
		    (word in banned_output) || word == "clock_gettime")
			check_word(word, rest ~ /^[ \t]*\(/, before)
		before = ""
	}
}

# A function begins at the line after the last blank, closing or directive line and its body is { .. } in column 1.
function measure(s, raw) {
	if (body_at) {
		if (s ~ /^}/) {
			size = line - signature_at + 1
			if (size > FUNCTION_MAX)
				print "SIZE function " path ":" title " " size
			body_at = 0
			signature_at = 0
		}
		return
	}
	if (s ~ /^{/ && signature_at) {
		body_at = line
		return
	}
	if (s ~ /^[A-Za-z_].*\(/) {
		signature_at = line
		title = s
		sub(/\(.*/, "", title)
		sub(/.*[ *]/, "", title)
	} else if (s ~ /^[#}]/ || raw == "") {
		signature_at = 0
	}
}

FNR == 1 {
	begin_file()
	if ($0 !~ /^\/\*/) {
		line = 1
		wrong("the file must open with a comment: what it is for, the idea, what it is not")
	}
}
{
	line = FNR
	code = bare($0)
	if ($0 ~ /^[ \t]*#[ \t]*include/ && code !~ /^[ \t]*$/)
		check_include($0)
	else
		check_words(code)
	measure(code, $0)
}
END { end_file() }
