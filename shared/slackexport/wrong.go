package slackexport

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"strings"
)

// notAZip says what a file is that no reader of zips takes.
func notAZip(f io.ReaderAt, name string) error {
	head := make([]byte, 512)
	n, _ := f.ReadAt(head, 0)
	head = bytes.TrimLeft(head[:n], "\ufeff \t\r\n")
	low := bytes.ToLower(head)
	switch {
	case bytes.HasPrefix(head, []byte("PK")):
		return wrong("%s is a zip whose end is missing, so the download broke off: %s", name, again)
	case bytes.HasPrefix(low, []byte("<!doctype html")), bytes.HasPrefix(low, []byte("<html")):
		return wrong("%s is a web page and no zip, most likely Slack's sign-in: sign in as an owner or admin and %s", name, again)
	case bytes.HasPrefix(head, []byte("{")), bytes.HasPrefix(head, []byte("[")):
		return wrong("%s is one file of JSON: give the whole zip, or the folder in which users.json and channels.json lie", name)
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}), bytes.HasPrefix(head, []byte("7z")), bytes.HasPrefix(head, []byte("Rar!")):
		return wrong("%s is packed, but not as a zip: unpack it, and give the folder in which users.json lies", name)
	}
	return wrong("%s is no zip: %s", name, again)
}

// isExport says of a zip without the list of people, or of channels, what it
// seems to be.
func (a *archive) isExport(files []*zip.File, name string) error {
	_, people := a.lists["users.json"]
	_, all := a.lists["org_users.json"]
	_, public := a.lists["channels.json"]
	if (people || all) && public {
		return nil
	}
	tops, zips, texts := map[string]bool{}, 0, 0
	for _, e := range files {
		at := slashed(e.Name)
		top, _, _ := strings.Cut(strings.ToLower(at), "/")
		tops[top] = true
		zips += count(path.Ext(at) == ".zip")
		texts += count(path.Ext(at) == ".txt")
	}
	switch {
	case files != nil && len(files) == 0:
		return wrong("%s is a zip with nothing in it: %s", name, again)
	case tops["account"] && tops["messages"], tops["servers"] && tops["messages"]:
		return wrong("%s looks like the data that Discord gives; Ebb reads Slack's export: %s", name, again)
	case tops["conversations.json"] || tops["messages.json"]:
		return wrong("%s looks like the export of another chat; Ebb reads Slack's: %s", name, again)
	case tops["xl"] || tops["word"]:
		return wrong("%s is an office document; Ebb reads Slack's export: %s", name, again)
	case zips > 0:
		return wrong("%s holds other zips: unpack it, and give the one of a workspace", name)
	case texts > 0 && !people:
		return wrong("%s is the export of one person in text form: make one of the workspace as JSON (Settings, Workspace settings, Import/Export data)", name)
	case people || all:
		return wrong("%s holds the list of people and not channels.json, so it is no whole export: %s", name, again)
	}
	return wrong("%s holds no users.json, so it is no export of Slack's: %s", name, again)
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
