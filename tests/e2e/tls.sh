# tls.sh - certificates for tests, made by openssl: read after lib.sh.
authority() { # authority NAME: NAME.pem and NAME.key
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.pem" -subj "/CN=$1" -days 2 2>/dev/null
}
# certificate FILE AUTHORITY SUBJECT PURPOSE ADDRESS [openssl options]
certificate() {
	file=$1 by=$2 subject=$3
	printf 'extendedKeyUsage=%s\nsubjectAltName=IP:%s\n' "$4" "$5" >ext
	shift 5
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$file.key" -out csr -subj "$subject" 2>/dev/null
	openssl x509 -req -in csr -CA "$by.pem" -CAkey "$by.key" -CAcreateserial -extfile ext -out "$file.pem" "$@" 2>/dev/null
}
