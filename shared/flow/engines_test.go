package flow_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	zombiezen "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ebb-access/ebb/shared/awsfault/awstest"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/dynamo"
	"github.com/ebb-access/ebb/shared/store/memory"
	"github.com/ebb-access/ebb/shared/store/sqlite"
)

// engine makes an empty table, and what lists all of its rows past the port, which
// reads no row without its name.
type engine func(t *testing.T, now func() time.Time) (table store.Table, rows func() []store.Row)

// engines are those that a house may live on, for what is said of whole tables. All
// other stories are told in memory: porttest holds the engines to each other.
var engines = map[string]engine{"memory": inMemory, "sqlite": inFile, "dynamodb": inDynamoDB}

func inMemory(_ *testing.T, now func() time.Time) (store.Table, func() []store.Row) {
	table := memory.New(now)
	return table, table.All
}

// inFile reads the rows as any tool of SQLite does, and the files as any thief: what
// is erased is to stand in no free page and no log either, once Purge has run.
func inFile(t *testing.T, now func() time.Time) (store.Table, func() []store.Row) {
	path := filepath.Join(t.TempDir(), "ebb.db")
	table, err := sqlite.Open(path, sqlite.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := table.Close(); err != nil {
			t.Error(err)
		}
	})
	return table, func() (out []store.Row) {
		if _, err := table.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{path, path + "-wal"} {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, store.Row{Key: store.Key{Part: "file", Sort: filepath.Base(name)}, Body: raw})
		}
		conn, err := zombiezen.OpenConn(path, zombiezen.OpenReadOnly)
		if err != nil {
			t.Fatal(err)
		}
		err = sqlitex.ExecuteTransient(conn, "SELECT part, sort, body FROM rows", &sqlitex.ExecOptions{ResultFunc: func(s *zombiezen.Stmt) error {
			out = append(out, store.Row{Key: store.Key{Part: s.ColumnText(0), Sort: s.ColumnText(1)}, Body: []byte(s.ColumnText(2))})
			return nil
		}})
		if closed := conn.Close(); err != nil || closed != nil {
			t.Fatal(err, closed)
		}
		return out
	}
}

// inDynamoDB scans the table; a body is its item as JSON.
func inDynamoDB(t *testing.T, now func() time.Time) (store.Table, func() []store.Row) {
	client := dynamodb.NewFromConfig(awstest.Config(t, awstest.DynamoDB, nil))
	name := fmt.Sprintf("flow-%d", time.Now().UnixNano())
	if err := dynamo.CreateTable(t.Context(), client, name); err != nil {
		t.Fatal(err)
	}
	text := func(v types.AttributeValue) string {
		s, _ := v.(*types.AttributeValueMemberS)
		return s.Value
	}
	return dynamo.Open(client, name, dynamo.Options{Now: now}), func() (out []store.Row) {
		for p := dynamodb.NewScanPaginator(client, &dynamodb.ScanInput{TableName: &name}); p.HasMorePages(); {
			page, err := p.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range page.Items {
				row := store.Row{Key: store.Key{Part: text(item[dynamo.Part]), Sort: text(item[dynamo.Sort])}}
				if row.Body, err = json.Marshal(item); err != nil {
					t.Fatal(err)
				}
				out = append(out, row)
			}
		}
		return out
	}
}
