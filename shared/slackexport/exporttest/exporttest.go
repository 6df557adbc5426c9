// Package exporttest makes workspace exports as Slack gives them, for tests: a
// small company with one of each kind of account and channel, and crowds of any
// size. The same size makes the same bytes. The files of messages in it are no
// JSON: whoever opens one fails.
package exporttest

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"time"
)

// Made is when every export was made.
var Made = time.Date(2026, 11, 1, 6, 0, 0, 0, time.UTC)

// Message is what stands where messages would.
const Message = "this is a message, and nobody may open it"

// Files are an export, unpacked: each file with what is in it.
type Files map[string]string

type object = map[string]any

// Company is a full export with one of each kind.
func Company() Files {
	f := Files{
		"users.json": text([]object{
			person("U01OLGA", "olga", "Olga Novak", object{"is_admin": true, "is_owner": true, "is_primary_owner": true, "has_2fa": true}),
			person("U02ADA", "ada", "Ada King", object{"is_admin": true, "has_2fa": false}),
			person("U03KIT", "kit", "Kit Moss", object{"has_2fa": true}),
			person("U04SAM", "sam", "Sam Reed", object{"has_2fa": false}),
			person("U05GONE", "gus", "Gus Left", object{"deleted": true}),
			person("U06ONE", "gia", "Gia Single", object{"is_restricted": true, "is_ultra_restricted": true, "has_2fa": false}),
			person("U07MANY", "max", "Max Multi", object{"is_restricted": true, "has_2fa": true}),
			person("U08NEW", "ivy", "Ivy Invited", object{"is_invited_user": true}),
			person("U09BOT", "deploybot", "Deploy", object{"is_bot": true}),
			person("U10EXT", "eve", "Eve Elsewhere", object{"is_stranger": true, "team_id": "T9OTHER"}),
			person("USLACKBOT", "slackbot", "Slackbot", nil),
			person("U11SHEET", "sly", "=HYPERLINK(\"http://x.example\")", object{"has_2fa": true}),
			person("U12TAG", "tag", "<b>Tag</b> & \"Co\"", object{"has_2fa": true}),
		}),
		"channels.json": text([]object{
			room("C01GEN", "general", "U01OLGA", object{"is_general": true}, "U01OLGA", "U02ADA", "U03KIT", "U04SAM", "U11SHEET", "U12TAG"),
			room("C02DEV", "development", "U05GONE", nil, "U03KIT", "U04SAM"),
			room("C03SHARE", "with-acme", "U02ADA", object{"is_ext_shared": true, "connected_team_ids": []string{"T9OTHER"}}, "U02ADA", "U10EXT", "U99UNKNOWN"),
			room("C04EMPTY", "empty", "U02ADA", nil),
			room("C05OLD", "old", "U05GONE", object{"is_archived": true}, "U02ADA"),
		}),
		"groups.json": text([]object{
			room("G01BOARD", "board", "U01OLGA", nil, "U01OLGA", "U02ADA"),
			room("G02DEAL", "deal", "U05GONE", nil, "U01OLGA", "U07MANY", "U06ONE"),
		}),
		"dms.json":   text([]object{{"id": "D01", "created": 1700000000, "members": []string{"U01OLGA", "U02ADA"}}}),
		"mpims.json": text([]object{{"id": "G09", "name": "mpdm-a--b--c-1", "members": []string{"U01OLGA", "U02ADA", "U03KIT"}}}),
		"integration_logs.json": text([]object{
			{"user_id": "U02ADA", "user_name": "ada", "date": "1760000000", "change_type": "added", "app_type": "Pager", "app_id": "A1"},
			{"user_id": "U05GONE", "user_name": "gus", "date": "1761000000", "change_type": "updated", "app_type": "Pager", "app_id": "A1", "scope": "chat:write"},
			{"user_id": "U77", "user_name": "somebody", "date": 1750000000, "change_type": "removed", "service_type": "Old Hook", "service_id": 12},
		}),
		"canvases.json": "not to be opened",
	}
	for _, day := range []string{"general/2026-10-31", "general/2026-11-01", "development/2026-01-15", "with-acme/2026-10-20", "board/2026-10-30", "D01/2026-10-02"} {
		f[day+".json"] = Message
	}
	return f
}

func person(id, handle, name string, more object) object {
	o := object{
		"id": id, "team_id": "T1HOME", "name": handle, "real_name": name, "deleted": false, "updated": 1790000000, "color": "9f69e7",
		"is_admin": false, "is_owner": false, "is_bot": false, "is_restricted": false, "is_ultra_restricted": false,
		"profile": object{"real_name": name, "email": handle + "@umbra.example", "status_text": "unread", "fields": object{}},
	}
	maps.Copy(o, more)
	return o
}

func room(id, name, creator string, more object, members ...string) object {
	if members == nil {
		members = []string{}
	}
	o := object{
		"id": id, "name": name, "created": 1650000000, "creator": creator, "is_archived": false, "is_general": false, "members": members,
		"topic": object{"value": "unread"}, "purpose": object{"value": "unread"}, "pins": []object{},
	}
	maps.Copy(o, more)
	return o
}

func text(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// Zip packs an export.
func (f Files) Zip() []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		add(z, name, f[name])
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func add(z *zip.Writer, name, body string) {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: Made})
	if err == nil {
		_, err = io.WriteString(w, body)
	}
	if err != nil {
		panic(err)
	}
}

// Crowd writes an export of people and channels, a twentieth of them guests, and
// days files of messages for each channel.
func Crowd(w io.Writer, people, channels, days int) {
	rng := rand.New(rand.NewPCG(1, 2))
	z := zip.NewWriter(w)
	users, ids := make([]object, people), make([]string, people)
	for i := range people {
		ids[i] = fmt.Sprintf("U%08d", i)
		users[i] = person(ids[i], fmt.Sprintf("person%d", i), fmt.Sprintf("Person %d", i), object{
			"is_admin": i%50 == 0, "is_primary_owner": i == 0, "is_owner": i < 3, "is_restricted": i%20 == 7, "deleted": i%10 == 9, "has_2fa": i%4 != 0,
		})
	}
	add(z, "users.json", text(users))
	for _, file := range []string{"channels.json", "groups.json"} {
		var rooms []object
		for i := range channels / 2 {
			name := fmt.Sprintf("%s-%d", file[:1], i)
			members := make([]string, 1+rng.IntN(max(people/20, 1)))
			for j := range members {
				members[j] = ids[(i*31+j)%people]
			}
			rooms = append(rooms, room(fmt.Sprintf("%c%08d", file[0]-32, i), name, ids[rng.IntN(people)], nil, members...))
			for d := range days {
				add(z, name+"/"+Made.AddDate(0, 0, -d-rng.IntN(400)).Format(time.DateOnly)+".json", Message)
			}
		}
		add(z, file, text(rooms))
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
}
