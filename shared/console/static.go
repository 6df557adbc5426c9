package console

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed static/*.js static/*.css static/*.svg
var static embed.FS

// versions are the addresses of the files: their names change with what is in
// them, so browsers may keep them for ever.
var versions = func() map[string]string {
	out := map[string]string{}
	names, _ := fs.Glob(static, "static/*")
	for _, name := range names {
		b, _ := static.ReadFile(name)
		sum := sha256.Sum256(b)
		ext := path.Ext(name)
		out[path.Base(name)] = "/" + strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:6]) + ext
	}
	return out
}()

// asset is the address of one of our files.
func asset(name string) string { return versions[name] }

// assets serves the files. They are the same for everybody.
func assets() http.Handler {
	byPath := map[string]string{}
	for name, address := range versions {
		byPath[address] = name
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, known := byPath[r.URL.Path]
		if !known {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		http.ServeFileFS(w, r, static, "static/"+name)
	})
}
