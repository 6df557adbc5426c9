package install

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"

	_ "embed"
)

// page is all that page.html shows.
type page struct {
	Good     bool
	Title    string
	Text     string
	Next     string
	Instance string
}

//go:embed page.html
var source string

var html = template.Must(template.New("page").Parse(source))

// policy lets the browser load nothing and run nothing; the one style of the
// page is named by its hash.
var policy = "default-src 'none'; style-src 'sha256-" + styleHash(source) + "'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

func styleHash(page string) string {
	_, after, _ := strings.Cut(page, "<style>")
	style, _, _ := strings.Cut(after, "</style>")
	sum := sha256.Sum256([]byte(style))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func (e *edge) show(w http.ResponseWriter, code int, p page) {
	var body bytes.Buffer
	if err := html.Execute(&body, p); err != nil {
		e.log.Error("install", "error", err)
		http.Error(w, "Ebb cannot show its page", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = body.WriteTo(w) // the browser has gone
}
