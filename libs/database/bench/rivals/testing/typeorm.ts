import { DataSource, EntitySchema } from 'typeorm';

import { POOL, type Note } from '../../notes.ts';
import { CONNECT_TIMEOUT_MS, STATEMENT_TIMEOUT_MS, type Hosts, type Rival } from '../rival.ts';

const PAGE = 20;

// A literal is how typeorm's documentation gives these options, though it types them as a class.
// eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
const NoteEntity = new EntitySchema<Note>({
  name: 'note',
  columns: {
    id: { type: 'int', primary: true, generated: true },
    title: { type: 'text' },
    value: { type: 'float8' },
  },
});

/** typeorm's replication, with raw results: entities would cost it more. */
export async function openTypeorm({ primary, replicas }: Hosts): Promise<Rival> {
  const db = await new DataSource({
    type: 'postgres',
    replication: { master: { url: primary }, slaves: replicas.map((url) => ({ url })) },
    entities: [NoteEntity],
    poolSize: POOL,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: { statement_timeout: STATEMENT_TIMEOUT_MS },
    installExtensions: false,
    logging: false,
    poolErrorHandler: () => undefined,
  }).initialize();
  const selectNote = () =>
    db
      .createQueryBuilder(NoteEntity, 'note')
      .select('note.id', 'id')
      .addSelect('note.title', 'title')
      .addSelect('note.value', 'value');
  return {
    readOne: (id) => selectNote().where('note.id = :id', { id }).getRawOne<Note>(),
    readPage: (after) =>
      selectNote().where('note.id > :after', { after }).orderBy('note.id').limit(PAGE).getRawMany<Note>(),
    write: (id, value) =>
      db.createQueryBuilder().update(NoteEntity).set({ value }).where('id = :id', { id }).execute(),
    asOneUser: (work) => work(),
    lock: (id) =>
      db
        .createQueryBuilder(NoteEntity, 'note')
        .where('note.id = :id', { id })
        .setLock('pessimistic_write')
        .getOne(),
    insertInWith: () =>
      db
        .createQueryBuilder()
        .addCommonTableExpression(`insert into note (title, value) values ('added', 0) returning id`, 'added')
        .select('added.id', 'id')
        .from('added', 'added')
        .getRawMany(),
    takeNumber: () =>
      db.createQueryBuilder(NoteEntity, 'note').select(`nextval('tick')`, 'number').limit(1).getRawOne(),
    close: () => db.destroy(),
  };
}
